/** The field that `/` goes to. */
export const SEARCH_ID = 'top-search'
