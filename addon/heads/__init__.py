"""The heads that Duologue builds: rig, materials, hair, and the faces they are built on."""
