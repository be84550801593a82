"""The vendors: one folder each, behind one typed choke point a vendor."""
