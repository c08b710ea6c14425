/** The form designer's page. */
export {};
