"""Reports as text for a terminal: values in, rich renderables out. Nothing here decides, reads or writes."""
