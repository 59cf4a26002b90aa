"""The lip reader: sound to the mouth.

`model` is the network and its weights' file, `listening` the windows it goes over a dialogue in.
"""
