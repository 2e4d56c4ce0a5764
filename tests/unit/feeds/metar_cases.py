# ruff: noqa: E501 - a case is read in one line
"""Weather reports as the field sends them: a report, what it must say, and the public material that shows the kind.

The reports are written for these tests in the form of that material; stations, times and values are our own.
"""

#: Columns of the comparison: wind from, knots, gust, miles, weather, has a ceiling, feet, °C, °C, hPa, findings.
NAMES = (
    "WIND_FROM_DEGREES", "WIND_KT", "GUST_KT", "VISIBILITY_MILES", "WEATHER", "HAS_CEILING", "CEILING_FT",
    "TEMPERATURE_C", "DEW_POINT_C", "PRESSURE_HPA", "FINDINGS",
)  # fmt: skip
FMH1 = "Federal Meteorological Handbook No. 1"
WMO306 = "WMO Manual on Codes, FM 15 and 16"
METAF = "nnaumenko/metaf, test data"
MANOBS = "Manual of Surface Weather Observation Standards, Canada"
FIELD = "field cases of this project"

#: Groups after `METAR MMMX 281243Z`, what they say, and where the kind is described.
CASES = {
    "calm and cavok": ("00000KT CAVOK 18/08 Q1018", "0 0 - 6.21371 - false - 18 8 1018 -", WMO306),
    "no variation": ("VRB02KT 9999NDV NSC M00/M01 Q1012", "- 2 - 6.21371 - false - 0 -1 1012 -", WMO306),
    "metres a second": ("24010G15MPS 2000 -RASN OVC004 00/M01 Q0998", "240 19.4384 29.1577 1.24274 -RASN true 400 0 -1 998 -", METAF),
    "kilometres an hour": ("24036KMH 10KM SCT030 20/10 Q1010", "240 19.4384 - 6.21371 - false - 20 10 1010 -", METAF),
    "above a hundred knots": ("180P99KT 9999 SKC 10/05 Q0990", "180 99 - 6.21371 - false - 10 5 990 -", WMO306),
    "whole and broken miles": ("25012KT 1 1/2SM -SN OVC008 M03/M05 A2975", "250 12 - 1.5 -SN true 800 -3 -5 1007.5 -", FMH1),
    "less than a quarter": ("00000KT M1/4SM FG VV001 11/11 A3008", "0 0 - 0.25 FG true 100 11 11 1018.6 -", FMH1),
    "more than six": ("18005KT P6SM CLR 20/10 A3000", "180 5 - 6 - false - 20 10 1015.9 -", FMH1),
    "least visibility in a direction": ("09005KT 4000 0800NE BR BKN010 16/15 Q1020", "90 5 - 2.48548 BR true 1000 16 15 1020 -", WMO306),
    "only a direction": ("09005KT 0800NE FG VV002 16/15 Q1020", "90 5 - 0.497097 FG true 200 16 15 1020 -", WMO306),
    "runway ranges": ("00000KT 0050 R27L/P1500 R09/0450V0800FT/D FG VV/// 12/11 Q1021", "0 0 - 0.0310686 FG true - 12 11 1021 -", WMO306),
    "slashes": ("/////KT //// // ////// ///// Q////", "- - - - - - - - - - -", WMO306),
    "speed unknown": ("250//KT 9999 FEW020 15/// A////", "250 - - 6.21371 - false - 15 - - -", METAF),
    "cloud of unknown height": ("23008KT 9999 OVC/// 09/07 Q1002", "230 8 - 6.21371 - true - 9 7 1002 -", FIELD),
    "cloud of unknown amount": ("23008KT 9999 ///015 09/07 Q1002", "230 8 - 6.21371 - - - 9 7 1002 -", METAF),
    "only thunderclouds seen": ("23008KT 9999 //////CB 09/07 Q1002", "230 8 - 6.21371 - - - 9 7 1002 -", WMO306),
    "known above unknown": ("23008KT 9999 BKN/// OVC030 09/07 Q1002", "230 8 - 6.21371 - true - 9 7 1002 -", METAF),
    "forecast after": ("24008KT 9999 FEW040 18/08 Q1018 TEMPO 24020G40KT 0500 +TSRA OVC002", "240 8 - 6.21371 - false - 18 8 1018 -", WMO306),
    "remarks": ("24008KT 10SM CLR 18/08 A3001 RMK AO2 OVC001 12/10 A2900 35050KT", "240 8 - 10 - false - 18 8 1016.3 -", FMH1),
    "remarks without their word": ("24008KT 10SM CLR 18/08 A3001 AO2 SLP159 T01780083", "240 8 - 10 - false - 17.8 8.3 1016.3 -", FMH1),
    "recent weather and state of runway": ("24008KT 9999 SCT040 18/08 Q1018 RETS WS R24 R24/290155 24290155 BLU", "240 8 - 6.21371 - false - 18 8 1018 -", METAF),
    "tenths below zero": ("24008KT 10SM CLR M01/M08 A3001 RMK AO2 T10061083", "240 8 - 10 - false - -0.6 -8.3 1016.3 -", FMH1),
    "tenths of another temperature": ("24008KT 10SM CLR 10/08 A3001 RMK AO2 T01780083", "240 8 - 10 - false - 10 8.3 1016.3 -", FMH1),
    "wind after visibility": ("10SM 10005KT SCT055 OVC065 23/22 A3000", "100 5 - 10 - true 6500 23 22 1015.9 -", FIELD),
    "a slash in the wind": ("200/07KT 10SM BKN140 17/01 A3001", "- - - 10 - true 14000 17 1 1016.3 odd_group:200/07KT", FIELD),
    "divided by nought": ("12006KT 1/0SM FEW100 41/14 A2992", "120 6 - - - false - 41 14 1013.2 odd_group:1/0SM", FIELD),
    "a letter for a digit": ("12006KT 10SM BKN01O OVC100 21/14 A2992", "120 6 - 10 - true - 21 14 1013.2 odd_group:BKN01O", METAF),
    "gust below the wind": ("32032G18KT 10SM CLR 21/14 A2992", "- - - 10 - false - 21 14 1013.2 odd_group:32032G18KT", METAF),
    "beyond all measure": ("32012KT 10SM CLR 77/14 A9299", "320 12 - 10 - false - - - - odd_group:77/14,odd_group:A9299", METAF),
    "a blank before the unit": ("32012G20 KT 10SM CLR 21/14 A2992", "320 12 20 10 - false - 21 14 1013.2 -", METAF),
    "two pressures": ("32012KT 10SM CLR 21/14 A2992 Q1013", "320 12 - 10 - false - 21 14 1013.2 -", METAF),
    "two that differ": ("32012KT 10SM CLR 21/14 A2992 Q1040", "320 12 - 10 - false - 21 14 1013.2 odd_group:Q1040", METAF),
    "dew point missing": ("32012KT 10SM CLR 21/ A2992", "320 12 - 10 - false - 21 - 1013.2 -", FMH1),
}  # fmt: skip

#: Opening words, the version and kind that they tell.
OPENINGS = {
    "METAR MMMX 281243Z": (1, "METAR", WMO306),
    "MMMX 281243Z": (1, "METAR", FMH1),
    "SPECI COR MMMX 281243Z AUTO": (2, "SPECI", WMO306),
    "METAR MMMX 281243Z COR": (2, "METAR", FMH1),
    "CYYZ 281243Z CCA": (2, "METAR", MANOBS),
    "CYYZ 281243Z CCB": (3, "METAR", MANOBS),
    "METAR CCC CYYZ 281243Z": (4, "METAR", MANOBS),
}

REPORT = "24008KT 9999 FEW040 18/08 Q1018"
#: Bodies, and the reports in them as (line, station, time), or the reason.
BODIES = {
    "a bulletin with control characters": (
        f"\x01\r\r\n123 \r\r\nSAMX31 MMMX 281240\r\r\nMETAR MMMX 281243Z 24008KT 9999\r\r\nFEW040 18/08 Q1018=\r\r\n"
        f"METAR MMUN 281242Z NIL=\r\r\nMMGL 281244Z {REPORT}=\r\r\n\x03",
        [(4, "MMMX", "2026-11-28 12:43"), (6, "unreadable_report"), (7, "MMGL", "2026-11-28 12:44")], WMO306,
    ),
    "the type once above all": (
        f"SPMX31 MMMX 281240\nSPECI\nMMMX 281243Z {REPORT}=\nMMUN 281242Z {REPORT}=\n",
        [(3, "MMMX", "2026-11-28 12:43"), (4, "MMUN", "2026-11-28 12:42")], WMO306,
    ),
    "an hourly cycle file": (
        f"2026/03/01 00:05\nMMMX 282355Z {REPORT}\n\n2025/12/31 23:50\nMMUN 312350Z {REPORT}\n",
        [(2, "MMMX", "2026-02-28 23:55"), (5, "MMUN", "2025-12-31 23:50")], "NOAA, observations by hourly cycle",
    ),
    "an archive's csv": (
        f"#DEBUG: on\nstation,valid,metar\nMMMX,2024-02-29 23:59,MMMX 292359Z {REPORT}\nMMUN,2024-03-01 00:59,M\n",
        [(3, "MMMX", "2024-02-29 23:59"), (4, "unreadable_report")], "Iowa Environmental Mesonet, ASOS download",
    ),
    "a weather service's csv": (
        "No errors\nNo warnings\n5 ms\ndata source=metars\n1 results\nraw_text,station_id,observation_time,metar_type\n"
        f"MMMX 281243Z {REPORT},MMMX,2026-11-28T12:43:00Z,SPECI\n",
        [(7, "MMMX", "2026-11-28 12:43")], "Aviation Weather Center, METAR cache file",
    ),
    "an archive's tabs with its decoded columns": (
        f"station\tvalid\ttmpf\tsknt\tp01i\tmetar\nJFK\t2024-02-29 23:59\tM\tnull\tT\tKJFK 292359Z {REPORT}\n",
        [(2, "KJFK", "2024-02-29 23:59")], "Iowa Environmental Mesonet, ASOS download",
    ),
    "a weather service's csv with seconds and two columns of a name": (
        "raw_text,station_id,observation_time,sky_cover,cloud_base_ft_agl,sky_cover,cloud_base_ft_agl\n"
        f"METAR KSFO 281256Z {REPORT},KSFO,2026-11-28T12:56:00.000Z,BKN,800,OVC,2000\n",
        [(2, "KSFO", "2026-11-28 12:56")], "Aviation Weather Center, METAR cache file",
    ),
    "numbers before each without a header": (
        f"LEMD,2024,05,31,23,30,METAR LEMD 312330Z {REPORT}=\nLEMD,2024,06,01,00,00,METAR LEMD 010000Z {REPORT}=\n",
        [(1, "LEMD", "2024-05-31 23:30"), (2, "LEMD", "2024-06-01 00:00")], "Ogimet, METAR by request",
    ),
    "dates in columns": (
        f"ESTACION,YEAR,MONTH,DAY,HOUR,MINUTE,REPORT\nLEMD,2024,05,31,23,30,METAR LEMD 312330Z {REPORT}=\n",
        [(2, "LEMD", "2024-05-31 23:30")], "Ogimet, METAR by request",
    ),
    "a full time before each": (
        f"202405312330 METAR LEMD 312330Z {REPORT}=\n202406010000 METAR LEMD 010000Z {REPORT}=\n",
        [(1, "LEMD", "2024-05-31 23:30"), (2, "LEMD", "2024-06-01 00:00")], "Ogimet, METAR by request",
    ),
    "two on a line, one of another kind": (
        f"METAR MMMX 281243Z {REPORT}=METAR MMUN 281242Z {REPORT} METAR MMGL 281244Z {REPORT}\n"
        f"TAF MMMX 281130Z 2812/2912 00000KT P6SM SCT020\n     BECMG 2815/2816 24010KT=\nMMTJ 281243Z {REPORT}\n",
        [(1, "MMMX", "2026-11-28 12:43"), (1, "MMUN", "2026-11-28 12:42"), (1, "MMGL", "2026-11-28 12:44"),
         (2, "unreadable_report"), (4, "MMTJ", "2026-11-28 12:43")], METAF,
    ),
    "words between reports": (
        f"Weather of today:\nMMMX 281243Z {REPORT}\n\nThe end\nMMUN 281242Z {REPORT}\n",
        [(1, "unreadable_report"), (2, "MMMX", "2026-11-28 12:43"), (4, "unreadable_report"),
         (5, "MMUN", "2026-11-28 12:42")], FIELD,
    ),
}  # fmt: skip
