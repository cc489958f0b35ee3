// Made by `deno task embed`.
// deno-fmt-ignore-file
/** What the scores of reference-v2 mean: the file of that name. */
export default `
{
 "network": {
  "name": "reference-v2",
  "sha256": "00219bd2a3916c6b1d9abacdcd6d13eb5c176f6c585e4bd483534b53645a1584"
 },
 "images": {
  "train": "9aa6d05e1f548e865f4fbc15a35c189a7dedb5e6c39519ae22c9d092d9b2b86f",
  "test": "220f0191ebf78385b0738e9b29a235fd61040a2b068163d2867fe548e092c744"
 },
 "floors": {
  "train": [
   {
    "images": 100,
    "digitDistance": [
     -0.226521,
     0.785523
    ],
    "fid": [
     12.1515,
     2.06071
    ],
    "fidInfinity": [
     -2.58272,
     3.82008
    ],
    "kid": [
     -102.254,
     409.8
    ],
    "precision": [
     0.886,
     0.0341059
    ],
    "recall": [
     0.933635,
     0.018451
    ],
    "density": [
     0.9679,
     0.0705186
    ],
    "coverage": [
     0.047125,
     0.00347848
    ]
   },
   {
    "images": 200,
    "digitDistance": [
     -0.0881623,
     0.619161
    ],
    "fid": [
     6.49189,
     1.57373
    ],
    "fidInfinity": [
     -0.840365,
     2.38054
    ],
    "kid": [
     -44.1535,
     156.103
    ],
    "precision": [
     0.87725,
     0.0189319
    ],
    "recall": [
     0.91405,
     0.0151621
    ],
    "density": [
     0.96835,
     0.0399036
    ],
    "coverage": [
     0.091495,
     0.00405116
    ]
   },
   {
    "images": 500,
    "digitDistance": [
     0.175884,
     0.196434
    ],
    "fid": [
     2.94157,
     0.584188
    ],
    "fidInfinity": [
     0.216282,
     0.785121
    ],
    "kid": [
     -66.6288,
     78.7844
    ],
    "precision": [
     0.8761,
     0.018359
    ],
    "recall": [
     0.899315,
     0.00761004
    ],
    "density": [
     0.9849,
     0.0263109
    ],
    "coverage": [
     0.211525,
     0.00527187
    ]
   },
   {
    "images": 1000,
    "digitDistance": [
     0.197214,
     0.125448
    ],
    "fid": [
     1.85039,
     0.409987
    ],
    "fidInfinity": [
     0.539819,
     0.472853
    ],
    "kid": [
     -39.1095,
     30.7464
    ],
    "precision": [
     0.87585,
     0.00938005
    ],
    "recall": [
     0.88811,
     0.00770865
    ],
    "density": [
     0.97763,
     0.0160409
    ],
    "coverage": [
     0.36605,
     0.00640536
    ]
   },
   {
    "images": 2000,
    "digitDistance": [
     0.163343,
     0.0641431
    ],
    "fid": [
     1.11534,
     0.141873
    ],
    "fidInfinity": [
     0.462954,
     0.202273
    ],
    "kid": [
     3.33194,
     18.5313
    ],
    "precision": [
     0.87685,
     0.00611593
    ],
    "recall": [
     0.878035,
     0.00603698
    ],
    "density": [
     0.98093,
     0.0146579
    ],
    "coverage": [
     0.576685,
     0.00691197
    ]
   },
   {
    "images": 5000,
    "digitDistance": [
     0.18118,
     0.0471187
    ],
    "fid": [
     0.796661,
     0.166021
    ],
    "fidInfinity": [
     0.506573,
     0.180191
    ],
    "kid": [
     0.0384167,
     11.5987
    ],
    "precision": [
     0.87602,
     0.00300947
    ],
    "recall": [
     0.86653,
     0.00761374
    ],
    "density": [
     0.973148,
     0.00627313
    ],
    "coverage": [
     0.83975,
     0.00655685
    ]
   },
   {
    "images": 10000,
    "digitDistance": [
     0.166297,
     0.0373129
    ],
    "fid": [
     0.636386,
     0.186983
    ],
    "fidInfinity": [
     0.489375,
     0.165103
    ],
    "kid": [
     -2.41735,
     8.13706
    ],
    "precision": [
     0.8752,
     0.00176002
    ],
    "recall": [
     0.8555,
     0.00907475
    ],
    "density": [
     0.97668,
     0.0033011
    ],
    "coverage": [
     0.9543,
     0.00630038
    ]
   }
  ],
  "test": [
   {
    "images": 100,
    "digitDistance": [
     0.418984,
     0.940455
    ],
    "fid": [
     13.4241,
     2.18983
    ],
    "fidInfinity": [
     -0.828719,
     2.59882
    ],
    "kid": [
     -227.007,
     296.426
    ],
    "precision": [
     0.8525,
     0.042694
    ],
    "recall": [
     0.922985,
     0.0178177
    ],
    "density": [
     0.9347,
     0.0655576
    ],
    "coverage": [
     0.045205,
     0.00312004
    ]
   },
   {
    "images": 200,
    "digitDistance": [
     0.147547,
     0.617431
    ],
    "fid": [
     6.47661,
     1.23802
    ],
    "fidInfinity": [
     -1.38002,
     2.10251
    ],
    "kid": [
     -45.7624,
     226.754
    ],
    "precision": [
     0.867,
     0.027161
    ],
    "recall": [
     0.92048,
     0.0152876
    ],
    "density": [
     0.9231,
     0.0385979
    ],
    "coverage": [
     0.08671,
     0.00373137
    ]
   },
   {
    "images": 500,
    "digitDistance": [
     0.151811,
     0.209506
    ],
    "fid": [
     2.90759,
     0.403184
    ],
    "fidInfinity": [
     0.0468332,
     0.800525
    ],
    "kid": [
     33.8347,
     59.1241
    ],
    "precision": [
     0.8596,
     0.0105793
    ],
    "recall": [
     0.91342,
     0.0102216
    ],
    "density": [
     0.9115,
     0.0299214
    ],
    "coverage": [
     0.197355,
     0.00569322
    ]
   },
   {
    "images": 1000,
    "digitDistance": [
     0.1607,
     0.171558
    ],
    "fid": [
     1.96413,
     0.333776
    ],
    "fidInfinity": [
     0.523921,
     0.520006
    ],
    "kid": [
     48.1003,
     50.7083
    ],
    "precision": [
     0.8607,
     0.0096399
    ],
    "recall": [
     0.903195,
     0.00514147
    ],
    "density": [
     0.91607,
     0.0153432
    ],
    "coverage": [
     0.34704,
     0.00525646
    ]
   },
   {
    "images": 2000,
    "digitDistance": [
     0.158262,
     0.0859681
    ],
    "fid": [
     1.25577,
     0.222853
    ],
    "fidInfinity": [
     0.41604,
     0.23316
    ],
    "kid": [
     8.8964,
     17.3901
    ],
    "precision": [
     0.85975,
     0.00812923
    ],
    "recall": [
     0.897095,
     0.00471197
    ],
    "density": [
     0.914305,
     0.0137831
    ],
    "coverage": [
     0.55173,
     0.00777236
    ]
   },
   {
    "images": 5000,
    "digitDistance": [
     0.156092,
     0.0595439
    ],
    "fid": [
     0.812127,
     0.0651782
    ],
    "fidInfinity": [
     0.423299,
     0.133613
    ],
    "kid": [
     12.2517,
     7.77762
    ],
    "precision": [
     0.86124,
     0.00586705
    ],
    "recall": [
     0.88397,
     0.00489528
    ],
    "density": [
     0.917492,
     0.0137731
    ],
    "coverage": [
     0.82203,
     0.00607928
    ]
   },
   {
    "images": 10000,
    "digitDistance": [
     0.190253,
     0.0501958
    ],
    "fid": [
     0.763821,
     0.0544209
    ],
    "fidInfinity": [
     0.500804,
     0.0746797
    ],
    "kid": [
     5.44506,
     5.77881
    ],
    "precision": [
     0.86062,
     0.00634955
    ],
    "recall": [
     0.87964,
     0.00279342
    ],
    "density": [
     0.916286,
     0.00508729
    ],
    "coverage": [
     0.94134,
     0.00296567
    ]
   }
  ]
 },
 "ladders": [
  {
   "corruption": "noise",
   "rungs": [
    {
     "strength": 0.00625,
     "digitDistance": 2.88783,
     "fid": 0.395844
    },
    {
     "strength": 0.0125,
     "digitDistance": 13.8271,
     "fid": 1.64536
    },
    {
     "strength": 0.025,
     "digitDistance": 53.6768,
     "fid": 6.20659
    },
    {
     "strength": 0.05,
     "digitDistance": 135.648,
     "fid": 22.5737
    },
    {
     "strength": 0.1,
     "digitDistance": 273.13,
     "fid": 77.2823
    },
    {
     "strength": 0.2,
     "digitDistance": 385.468,
     "fid": 235.451
    },
    {
     "strength": 0.4,
     "digitDistance": 390.978,
     "fid": 678.45
    },
    {
     "strength": 0.8,
     "digitDistance": 462.544,
     "fid": 1654.57
    }
   ]
  },
  {
   "corruption": "blur",
   "rungs": [
    {
     "strength": 0.0625,
     "digitDistance": -0.0584383,
     "fid": -0.0598255
    },
    {
     "strength": 0.125,
     "digitDistance": -0.0584383,
     "fid": -0.0598255
    },
    {
     "strength": 0.25,
     "digitDistance": -0.0584383,
     "fid": -0.0598255
    },
    {
     "strength": 0.5,
     "digitDistance": 125.752,
     "fid": 16.9706
    },
    {
     "strength": 1,
     "digitDistance": 308.513,
     "fid": 195.389
    },
    {
     "strength": 1.5,
     "digitDistance": 479.977,
     "fid": 479.861
    },
    {
     "strength": 2,
     "digitDistance": 597.169,
     "fid": 760.114
    },
    {
     "strength": 3,
     "digitDistance": 702.531,
     "fid": 1170.78
    }
   ]
  },
  {
   "corruption": "shift",
   "rungs": [
    {
     "strength": 1,
     "digitDistance": 3.4655,
     "fid": 4.60265
    },
    {
     "strength": 2,
     "digitDistance": 31.7701,
     "fid": 30.9967
    },
    {
     "strength": 3,
     "digitDistance": 90.1303,
     "fid": 81.4699
    },
    {
     "strength": 4,
     "digitDistance": 156.003,
     "fid": 150.268
    },
    {
     "strength": 6,
     "digitDistance": 246.092,
     "fid": 306.868
    }
   ]
  },
  {
   "corruption": "occlusion",
   "rungs": [
    {
     "strength": 4,
     "digitDistance": 1.56664,
     "fid": 0.536381
    },
    {
     "strength": 8,
     "digitDistance": 12.5383,
     "fid": 8.04903
    },
    {
     "strength": 12,
     "digitDistance": 40.8321,
     "fid": 40.046
    },
    {
     "strength": 16,
     "digitDistance": 95.8951,
     "fid": 113.335
    },
    {
     "strength": 20,
     "digitDistance": 177.897,
     "fid": 234.557
    }
   ]
  },
  {
   "corruption": "classes",
   "rungs": [
    {
     "strength": 1,
     "digitDistance": 0.95832,
     "fid": 1.67907
    },
    {
     "strength": 3,
     "digitDistance": 3.76738,
     "fid": 15.1031
    },
    {
     "strength": 5,
     "digitDistance": 7.08423,
     "fid": 29.8178
    },
    {
     "strength": 7,
     "digitDistance": 18.0536,
     "fid": 69.8709
    },
    {
     "strength": 9,
     "digitDistance": 71.8162,
     "fid": 215.004
    }
   ]
  }
 ]
}
`;
