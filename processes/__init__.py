"""The procedure as drawn, and the operations that its service tasks call."""
