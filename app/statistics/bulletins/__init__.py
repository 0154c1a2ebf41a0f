"""Bulletins: dated sets of protected tables, frozen, signed, and open to everybody."""
