declare const brand: unique symbol

/**
 * A type that only looks like its base: a wrong id is a compile error.
 *
 *     type BlockHash = Brand<Uint8Array, 'BlockHash'>
 */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }

/** A value whose signatures and proofs were checked. Only functions named `verify…` may make one. */
export type Verified<T> = T & { readonly [verified]: true }
declare const verified: unique symbol
