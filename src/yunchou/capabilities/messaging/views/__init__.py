"""Pages of texts and addresses, and the public page by which messages are ended."""
