// What JSON can say. Global, because the types written from Rust name it.

type JsonValue = number | string | boolean | null | JsonValue[] | { [key in string]?: JsonValue };
