"""Open data: released bulletins for everybody, as pages, files, a key and a catalogue."""
