"""Reports: a bulletin set as a PDF that an institution can publish, in each of its languages."""
