"""The open head, made from MakeHuman's CC0 base mesh and face units."""
