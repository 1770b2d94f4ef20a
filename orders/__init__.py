"""Orders: patients by pseudonym, orders, chain of identity, collections, custody."""
