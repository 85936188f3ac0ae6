/**
 * How the page is built: plain files, nothing inline, so that the strictest content security policy holds.
 *
 * No import of the bundler here: it is a development dependency of the workspace, and this is plain data to it.
 */

/** Packages of Siegel do nothing by being loaded, so what a page does not use of them does not come along. */
const moduleSideEffects = (id: string): boolean => !/\/packages\/|\/preact\/|\/uplot\//.test(id) || id.endsWith(".css");

export default {
  root: import.meta.dirname,
  base: "/",
  publicDir: "public",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // a data: address would need a wider policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { treeshake: { moduleSideEffects } },
  },
  worker: {
    format: "es",
    rolldownOptions: { treeshake: { moduleSideEffects } },
  },
};
