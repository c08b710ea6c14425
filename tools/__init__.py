"""What developers run on the code; no part of the product."""
