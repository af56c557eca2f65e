"""mRECIST terms: qualifiers of the input form and the limits that differ from RECIST 1.1.

Source: Lencioni and Llovet, Semin Liver Dis 2010;30:52-60; Llovet and Lencioni, J Hepatol
2020;72:288-306; rules R-120 to R-126. The names of the qualifiers are ours: no standard has any.
"""

from __future__ import annotations

#: A rise of the viable sum by a fifth needs no least rise in millimetres, but it is a rise (R-122).
ANY_RISE_TENTHS = 1
#: Smallest enhancing target, and smallest new nodule of the liver that is progression (R-121, R-125).
TARGET_TENTHS = 100
NODULE_TENTHS = 100
#: Further growth that makes a nodule without the typical pattern progression (R-125).
NODULE_GROWTH_TENTHS = 100
#: Smallest short axis of a malignant node, at the porta hepatis and elsewhere (R-123).
PORTAL_NODE_TENTHS = 200
NODE_TENTHS = 150

#: Qualifier ENHPAT of TU: does the lesion enhance in the arterial phase (R-121)?
ENHANCING = frozenset({"ENHANCING", "HYPERENHANCING", "HYPERVASCULAR"})
BY_RECIST = frozenset({"NON-ENHANCING", "NONENHANCING", "HYPOVASCULAR", "INFILTRATIVE"})
#: Qualifier WASHOUT of TU or TR: arterial enhancement with portal venous or late washout (R-125).
YES = frozenset({"Y", "YES"})
NO = frozenset({"N", "NO"})
#: Qualifier CYTOLOGY of TU or TR: what was found in an effusion or in ascites (R-124).
MALIGNANT = frozenset({"POSITIVE", "MALIGNANT"})
BENIGN = frozenset({"NEGATIVE", "BENIGN", "NOT DONE"})

#: Places in TULOC, as regular expressions.
PORTAL_THROMBUS = r"PORTAL VEIN|THROMB|VENOUS INVASION|VASCULAR INVASION"
PORTA_HEPATIS = r"PORTA ?HEPATIS|PERI-?PORTAL|HEPATIC HIL|HEPATIS HIL"
EFFUSION = r"EFFUSION|ASCITES"
#: Names of the disease that mRECIST is made for (R-120).
LIVER_CANCER = r"HEPATOCELLULAR|\bHCC\b|HEPATOMA|LIVER CELL CARCINOMA"
