"""The REST API beside two widely used products: Directus and NocoDB, on the same PostgreSQL. See README.md."""
