/** Version of the engine, as written into records. A test holds it equal to package.json. */
export const ENGINE_VERSION = '0.1.0';
