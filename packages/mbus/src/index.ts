/** M-Bus, wired and wireless: bytes to frames to records to readings and back (EN 13757-2, -3, -4, -7; OMS). */

export {};
