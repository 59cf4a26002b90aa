"""The engine `dualtalk-official`: DualTalk as published, for its own weights."""
