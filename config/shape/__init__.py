"""The shape of the file: which keys there are and what each scalar may be. References are checked elsewhere."""
