/** Version of this half; the server's half has to have the same. */
export const VERSION = '0.1.0';
