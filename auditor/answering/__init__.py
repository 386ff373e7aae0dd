"""Asking people: which questions are open, what was said, and the file that keeps it.

`sheet` knows the questions and the file; `page` shows them in a browser, from this machine to
this machine only. The questions themselves are rules under rules/.
"""
