"""Pedagogy: what good lessons and good questions ask of a course, said as remarks of the check.

The rules are those of item-writing research (Haladyna, Downing and Rodriguez, 2002) and of plain
language; docs/decisions/0016 says which, and how each limit was chosen.
"""
