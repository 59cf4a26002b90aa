"""Drives a real Blender window by mouse and keyboard."""
