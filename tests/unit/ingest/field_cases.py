# ruff: noqa: E501 - a case is read in one line
"""Messages as the field sends them: a text, what must come out, and the public material that shows the kind.

The texts are written for these tests in the form of that material; flights, times and addresses are our own.
"""

AHM = "public descriptions of AHM 780 (Avinor Airport Data Dictionary, MVT)"
TYPE_B = "public descriptions of Type-B headings (jetway/typeb)"
AFTN = "ICAO Annex 10, volume II, AFTN headings"
ARINC = "public descriptions of ARINC 620 ground messages"
SITATEX = "public descriptions of SITATEX message files (=PRIORITY, =TEXT)"
RFC5322 = "RFC 5322, fields of a mail"
FIELD = "field cases of this project"

#: Headings above `MVT`, and the time of sending that they tell, or None.
HEADINGS = {
    "plain": ("QU MEXOOAM\n.MEXKKAM 271354", "27 13:54", TYPE_B),
    "eight lines of addresses": ("QU MEXOOAM CUNKOAM\n" + "MTYKOAM GDLKOAM TIJKOAM\n" * 7 + ".MEXKKAM 271354", "27 13:54", TYPE_B),
    "the priority alone": ("QK\nMEXOOAM CUNKOAM\n.MEXKKAM 271354", "27 13:54", TYPE_B),
    "a signature before the time": ("QU MEXOOAM\n.HDQRMAM 1G/271354", "27 13:54", TYPE_B),
    "a designator before the time": ("QD MEXOOAM\n.HDQRMAM AM 271354", "27 13:54", TYPE_B),
    "a zone letter and the month": ("QU MEXOOAM\n.HDQRMAM 271354Z NOV26", "27 13:54", TYPE_B),
    "a serial behind the time": ("QU MEXOOAM\n.HDQRMAM 271354 RMAM0123", "27 13:54", TYPE_B),
    "on one line": ("QU MEXOOAM CUNKOAM .MEXKKAM 271354", "27 13:54", TYPE_B),
    "two originators": ("QU MEXOOAM\n.QXSXMXS 271359\n.MEXKKAM 271354", "27 13:54", TYPE_B),
    "the second without a time": ("QU MEXOOAM\n.QXSXMXS 271354\n.MEXKKAM", "27 13:54", TYPE_B),
    "the time on a line of its own": ("QU MEXOOAM\n.MEXKKAM\n271354", "27 13:54", TYPE_B),
    "aftn": ("ZCZC MXA0123 271356\nFF MMMXAMXO MMUNAMXO\n271354 MMMXAMXW", "27 13:54", AFTN),
    "aftn with two lines of addresses": ("GG MMMXAMXO\nMMUNAMXO MMTJAMXO\n271354 MMMXAMXW AD MMTJAMXO", "27 13:54", AFTN),
    "a provider": ("QU MEXOOAM\n.QXSXMXS 271354\nA81\nFI AM0905/AN XA-MAZ\nDT QXS MEX1 271353 M44A\n-", "27 13:54", ARINC),
    "a provider whose signature has no time": ("QU MEXOOAM\n.QXSXMXS\nM14\nFI AM0905/AN XA-MAZ\nDT QXS MEX1 271354 M44A", "27 13:54", ARINC),
    "only the channel's time": ("ZCZC MXA0123 271354\nQU MEXOOAM\n.MEXKKAM", "27 13:54", AFTN),
    "a possible duplicate": ("QU MEXOOAM\n.MEXKKAM 271354\nPDM", "27 13:54", TYPE_B),
    "words that are no heading": ("FROM OPS\nQU MEXOOAM\n.MEXKKAM 271354", "27 13:54", FIELD),
    "sitatex": ("=PRIORITY\nQU\n=DESTINATION TYPE B\nSTX,MEXOOAM\n=ORIGIN\nMEXKKAM\n=MSGID\n271354\n=SMI\nMVT\n=TEXT", "27 13:54", SITATEX),
    "sitatex with a subject and the time of receipt": ("=HEADER\nRCV,2026/11/27 14:10\n=PRIORITY\nQN\n=DESTINATION TYPE B\nSTX,MEXOOAM\nSTX,CUNKOAM\n=ORIGIN\nMEXKKAM\n=DBLSIG\nAM\n=MSGID\n271354\n=SUBJECT\nMVT AM905/27\n=TEXT", "27 13:54", SITATEX),
    "an e-mail": ("From: ops@airline.example\nTo: mvt@example.org\nSubject: MVT AM905/27\nDate: Fri, 27 Nov 2026 07:54:09 -0600\nMIME-Version: 1.0\nContent-Type: text/plain\n", "27 13:54", RFC5322),
    "a telex in an e-mail": ("Received: from a by b; Fri, 27 Nov 2026 14:20:09 +0000\nFrom: ops@airline.example\nDate: Fri, 27 Nov 2026 14:19:00 +0000\nMessage-ID: <a@b>\n\nQU MEXOOAM\n.MEXKKAM 271354", "27 13:54", RFC5322),
    "fields in capitals": ("FROM: MEXKKAM\nTO: MEXOOAM\nSUBJECT: MVT\nSENT: 27NOV26 1354Z\n", "27 13:54", FIELD),
    "no time at all": ("QU MEXOOAM\n.MEXKKAM", None, TYPE_B),
}  # fmt: skip

#: Placeholders for an aircraft that the sender does not know.
UNKNOWN_AIRCRAFT = ("XXXXX", "XXX", "ZZZZZ", "00000", "TBA", "UNKN", "NIL", "-", "?", "XX-XXX", "N0000", "NOREG")

#: Elements with blanks inside, and what they say: OUT and OFF, delays, passengers and infants.
SPACED = {
    "DL 93 / 0010": ([], [("93", 10)], None, None),
    "DL93 0010": ([], [("93", 10)], None, None),
    "DL 93/41 / 0010/0005": ([], [("93", 10), ("41", 5)], None, None),
    "EDL 81 0012": ([], [("81", 12)], None, None),
    "PX 168 / 3": ([], [], 168, 3),
    "PX168 /3": ([], [], 168, 3),
    "PX 168": ([], [], 168, None),
    "AD 1334/1352": (["OUT 13:34", "OFF 13:52"], [], None, None),
    "AD1334 1352": (["OUT 13:34", "OFF 13:52"], [], None, None),
    "AD 1334 / 1352 EA 1542 CUN": (["OUT 13:34", "OFF 13:52", "ON 15:42"], [], None, None),
    "AD1334/XXXX": (["OUT 13:34"], [], None, None),
    "AD13X4/1352": (["OFF 13:52"], [], None, None),
}

LEG = "AM0905/27.XAMAZ.MEX\nAD1334/1352 EA1542 CUN"
#: Texts of several messages, and what is in them: flight and stamp of what is read, the kind of what is not.
BATCHES = {
    "two below one heading": (
        f"QU MEXOOAM\n.MEXKKAM 271640\nMVT\n{LEG}\nMVT\nAM0906/27.XAMAZ.CUN\nAD1630/1638\n",
        [("AM905", True), ("AM906", True)], FIELD,
    ),
    "two flights below one first line": (
        f"QU MEXOOAM\n.MEXKKAM 271640\nMVT\n{LEG}\nAM0905/27.XAMAZ.CUN\nAA1541/1548\n",
        [("AM905", True), ("AM905", True)], FIELD,
    ),
    "each with its sign of end": (
        f"QU MEXOOAM\n.MEXKKAM 271640\nMVT\n{LEG}=\nMVA\nAM0906/27.XAMAZ.CUN\nAD1630/1638=\n",
        [("AM905", True), ("AM906", True)], FIELD,
    ),
    "another kind in between": (
        f"QU MEXOOAM\n.MEXKKAM 271640\nMVT\n{LEG}\nPTM\nAM0905/27NOV MEX PART1\nDL123/27 3 JFK\nMVT\nAM0906/27.XAMAZ.CUN\n"
        "AD1630/1638\n", [("AM905", True), "PTM", ("AM906", True)], FIELD,
    ),
    "a kind nobody knows": (
        f"QU MEXOOAM\n.MEXKKAM 271640\nQQQ\nAM0905/27.XAMAZ.MEX\nMVT\n{LEG}\n", ["QQQ", ("AM905", True)], FIELD,
    ),
    "containers and a schedule in their envelopes": (
        "QU MEXOOAM\n.MEXKKAM 271640\nUCM\nAM0905/27.XAMAZ.MEX\nIN\n.AKE12345AM\nQU MEXOOAM\n.MEXKKAM 271641\nASM\nUTC\n"
        f"27NOV00001E001\nCNL\nAM0905/27NOV\nNNNN\nQU MEXOOAM\n.MEXKKAM 271642\nMVT\n{LEG}\n",
        ["UCM", "ASM", ("AM905", True)], FIELD,
    ),
    "statistics, containers and cargo": (
        f"SLS\nAM0905/27.XAMAZ.MEX\n\nCPM\nAM0905/27.XAMAZ.7M9\n-11/AKE\n\nFFM/8\n1/AM905/27NOV/MEX\n\nMVT\n{LEG}\n",
        ["SLS", "CPM", "FFM", ("AM905", False)], FIELD,
    ),
    "air traffic services and weather": (
        f"ZCZC A\nFF MMMXZQZX\n271640 MMMXZTZX\n(DEP-AMX905-MMMX1334-MMUN-0)\nNNNN\n\nMETAR MMMX 271643Z 00000KT=\n\nMVT\n{LEG}\n",
        ["DEP", "METAR", ("AM905", False)], AFTN,
    ),
    "the flight beside the first line": (
        f"QU MEXOOAM\n.MEXKKAM 271640\nMVT {LEG}\n", [("AM905", True)], FIELD,
    ),
    "two of sitatex in one file, the second says its kind above its text": (
        f"=PRIORITY\nQU\n=ORIGIN\nMEXKKAM\n=MSGID\n271640\n=SMI\nMVT\n=TEXT\nMVT\n{LEG}\n\n=PRIORITY\nQU\n=ORIGIN\nMEXKKAM\n"
        "=MSGID\n271641\n=SMI\nMVT\n=TEXT\nAM0906/27.XAMAZ.CUN\nAD1630/1638\n",
        [("AM905", True), ("AM906", True)], SITATEX,
    ),
    "two mails": (
        f"From: a@b.example\nDate: Fri, 27 Nov 2026 16:40:00 +0000\n\nMVT\n{LEG}\n\nFrom: a@b.example\n"
        "Date: Fri, 27 Nov 2026 16:41:00 +0000\n\nMVT\nAM0906/27.XAMAZ.CUN\nAD1630/1638\n",
        [("AM905", True), ("AM906", True)], RFC5322,
    ),
    "weather in free text": (
        f"QU MEXOOAM\n.MEXKKAM 271640\nMVT\n{LEG}\nSI DEICED\nMETAR MMMX 271643Z 00000KT\n", [("AM905", True)], FIELD,
    ),
}  # fmt: skip
