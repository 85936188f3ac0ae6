/**
 * What @peculiar/x509 wants to find in `Reflect` before it is loaded: metadata of decorated classes. It asks for the types of
 * constructor parameters and has none that need an answer.
 */

Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined, defineMetadata: () => {} });
