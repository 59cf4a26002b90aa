"""The engine `dualtalk`: DualTalk's shape, small, with events that are sampled."""
