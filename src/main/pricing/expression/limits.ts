/** What an expression may cost. Nothing in the language repeats, so a row takes at most one step for each node. */
export const SOURCE_LENGTH_MAX = 20_000
export const NODES_MAX = 10_000
export const DEPTH_MAX = 64
export const COLUMNS_MAX = 200
export const TABLES_MAX = 50
export const TABLE_ROWS_MAX = 10_000
export const LETS_MAX = 500
export const TEXT_LENGTH_MAX = 200
