"""Writes the table of `normal-form.ts`: the ranges of code points that Unicode 15.1 leaves unassigned.

Run with a Python whose unicodedata is 15.1.0 (CPython 3.13): python3 normal-form.make.py > ranges.txt
Each line pair of base-36 numbers is: distance from the end of the range before, length of this range.
Surrogates and private use are assigned in this sense: their normalisation is fixed for ever.
"""

import sys
import unicodedata

assert unicodedata.unidata_version == '15.1.0', unicodedata.unidata_version


def base36(number):
    digits = ''
    while True:
        number, rest = divmod(number, 36)
        digits = '0123456789abcdefghijklmnopqrstuvwxyz'[rest] + digits
        if number == 0:
            return digits


words = []
end = 0
point = 0
while point < 0x110000:
    if unicodedata.category(chr(point)) != 'Cn':
        point += 1
        continue
    start = point
    while point < 0x110000 and unicodedata.category(chr(point)) == 'Cn':
        point += 1
    words += [base36(start - end), base36(point - start)]
    end = point

line = ''
for word in words:
    if len(line) + len(word) + 1 > 100:
        print(line)
        line = ''
    line += (' ' if line else '') + word
print(line)
print(len(words) // 2, 'ranges', file=sys.stderr)
