"""More like this: all faces of the library by their similarity to one."""
