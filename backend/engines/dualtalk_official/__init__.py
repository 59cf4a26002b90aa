"""The engine `dualtalk-official`: the model that DualTalk's authors published, from its checkpoint.

`model` is the network, `engine` the whole way from sound to motion; `rollout` goes over a dialogue in windows,
`speech_encoders` encode the sound, `checkpoint` and `conversion` read the file, `parity` holds it to the
reference.
"""
