"""How fast the product is, as ratios against bare psycopg doing the same SQL in the same run."""
