"""Who a head is: files, fields, sliders, random people."""
