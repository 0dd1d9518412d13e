"""What `./run` and `./test` and the checks are made of; nothing here is part of the product."""
