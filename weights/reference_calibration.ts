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
     0.32855,
     0.795965
    ],
    "fid": [
     14.7535,
     3.39066
    ],
    "fidInfinity": [
     0.543569,
     3.9418
    ],
    "kid": [
     -16.3378,
     293.878
    ],
    "precision": [
     0.871,
     0.0320983
    ],
    "recall": [
     0.920805,
     0.0228272
    ],
    "density": [
     1.0121,
     0.093241
    ],
    "coverage": [
     0.049,
     0.00455751
    ]
   },
   {
    "images": 200,
    "digitDistance": [
     0.170398,
     0.670187
    ],
    "fid": [
     7.65993,
     2.20748
    ],
    "fidInfinity": [
     0.776726,
     2.42651
    ],
    "kid": [
     -67.0479,
     185.793
    ],
    "precision": [
     0.87875,
     0.020849
    ],
    "recall": [
     0.91858,
     0.0134606
    ],
    "density": [
     1.00445,
     0.0423383
    ],
    "coverage": [
     0.094385,
     0.0034405
    ]
   },
   {
    "images": 500,
    "digitDistance": [
     0.153316,
     0.245547
    ],
    "fid": [
     3.03104,
     0.850216
    ],
    "fidInfinity": [
     0.332184,
     1.11993
    ],
    "kid": [
     6.90135,
     76.1472
    ],
    "precision": [
     0.8785,
     0.0129926
    ],
    "recall": [
     0.8989,
     0.0108048
    ],
    "density": [
     1.00376,
     0.0270358
    ],
    "coverage": [
     0.21516,
     0.00464047
    ]
   },
   {
    "images": 1000,
    "digitDistance": [
     0.181063,
     0.108193
    ],
    "fid": [
     1.71515,
     0.360153
    ],
    "fidInfinity": [
     0.467255,
     0.449157
    ],
    "kid": [
     3.41308,
     36.2828
    ],
    "precision": [
     0.88185,
     0.0115332
    ],
    "recall": [
     0.88992,
     0.00762894
    ],
    "density": [
     1.00808,
     0.0223113
    ],
    "coverage": [
     0.375495,
     0.00863222
    ]
   },
   {
    "images": 2000,
    "digitDistance": [
     0.151175,
     0.0774276
    ],
    "fid": [
     1.12789,
     0.19639
    ],
    "fidInfinity": [
     0.505743,
     0.183961
    ],
    "kid": [
     21.4308,
     25.9682
    ],
    "precision": [
     0.88045,
     0.00687027
    ],
    "recall": [
     0.880965,
     0.00614948
    ],
    "density": [
     1.00295,
     0.0158236
    ],
    "coverage": [
     0.5822,
     0.00697656
    ]
   },
   {
    "images": 5000,
    "digitDistance": [
     0.163816,
     0.0335202
    ],
    "fid": [
     0.74986,
     0.100704
    ],
    "fidInfinity": [
     0.460051,
     0.154898
    ],
    "kid": [
     4.21458,
     9.38481
    ],
    "precision": [
     0.87916,
     0.00557104
    ],
    "recall": [
     0.8679,
     0.00626808
    ],
    "density": [
     1.00264,
     0.00713003
    ],
    "coverage": [
     0.84723,
     0.0031454
    ]
   },
   {
    "images": 10000,
    "digitDistance": [
     0.166297,
     0.0177935
    ],
    "fid": [
     0.636386,
     0.0607597
    ],
    "fidInfinity": [
     0.44671,
     0.136005
    ],
    "kid": [
     11.1041,
     4.34564
    ],
    "precision": [
     0.881,
     0.0047541
    ],
    "recall": [
     0.8593,
     0.00635932
    ],
    "density": [
     1.00432,
     0.00390114
    ],
    "coverage": [
     0.956,
     0.00172172
    ]
   }
  ],
  "test": [
   {
    "images": 100,
    "digitDistance": [
     0.125282,
     1.1438
    ],
    "fid": [
     13.742,
     4.88276
    ],
    "fidInfinity": [
     -0.623859,
     5.16006
    ],
    "kid": [
     20.0581,
     265.903
    ],
    "precision": [
     0.847,
     0.0324876
    ],
    "recall": [
     0.93239,
     0.0172858
    ],
    "density": [
     0.8993,
     0.0537547
    ],
    "coverage": [
     0.04381,
     0.00272641
    ]
   },
   {
    "images": 200,
    "digitDistance": [
     0.174425,
     0.538801
    ],
    "fid": [
     7.13236,
     1.64954
    ],
    "fidInfinity": [
     -0.191203,
     2.25224
    ],
    "kid": [
     103.727,
     193.638
    ],
    "precision": [
     0.86275,
     0.0218294
    ],
    "recall": [
     0.92188,
     0.0154165
    ],
    "density": [
     0.9232,
     0.038338
    ],
    "coverage": [
     0.0873,
     0.00363824
    ]
   },
   {
    "images": 500,
    "digitDistance": [
     0.126458,
     0.214129
    ],
    "fid": [
     3.0269,
     0.339391
    ],
    "fidInfinity": [
     0.166022,
     0.699682
    ],
    "kid": [
     -40.5275,
     72.2352
    ],
    "precision": [
     0.8613,
     0.0167055
    ],
    "recall": [
     0.90934,
     0.00733089
    ],
    "density": [
     0.92618,
     0.0221709
    ],
    "coverage": [
     0.200515,
     0.00419506
    ]
   },
   {
    "images": 1000,
    "digitDistance": [
     0.146043,
     0.119967
    ],
    "fid": [
     1.8823,
     0.374163
    ],
    "fidInfinity": [
     0.468983,
     0.48531
    ],
    "kid": [
     -1.16377,
     39.062
    ],
    "precision": [
     0.85705,
     0.0114955
    ],
    "recall": [
     0.90551,
     0.00515618
    ],
    "density": [
     0.91292,
     0.0197367
    ],
    "coverage": [
     0.34762,
     0.00643429
    ]
   },
   {
    "images": 2000,
    "digitDistance": [
     0.203435,
     0.0773563
    ],
    "fid": [
     1.31583,
     0.180563
    ],
    "fidInfinity": [
     0.457316,
     0.27191
    ],
    "kid": [
     14.3395,
     25.8025
    ],
    "precision": [
     0.86115,
     0.00675088
    ],
    "recall": [
     0.897635,
     0.00536984
    ],
    "density": [
     0.916825,
     0.0147223
    ],
    "coverage": [
     0.55454,
     0.00774135
    ]
   },
   {
    "images": 5000,
    "digitDistance": [
     0.161507,
     0.0507671
    ],
    "fid": [
     0.920721,
     0.104491
    ],
    "fidInfinity": [
     0.435519,
     0.170302
    ],
    "kid": [
     7.60356,
     13.1055
    ],
    "precision": [
     0.86268,
     0.00511795
    ],
    "recall": [
     0.88665,
     0.00295142
    ],
    "density": [
     0.92036,
     0.0073336
    ],
    "coverage": [
     0.82385,
     0.00587718
    ]
   },
   {
    "images": 10000,
    "digitDistance": [
     0.162509,
     0.0319935
    ],
    "fid": [
     0.742535,
     0.0922455
    ],
    "fidInfinity": [
     0.446571,
     0.11841
    ],
    "kid": [
     4.84263,
     5.98706
    ],
    "precision": [
     0.86253,
     0.00427864
    ],
    "recall": [
     0.87874,
     0.00244033
    ],
    "density": [
     0.919492,
     0.00750968
    ],
    "coverage": [
     0.94218,
     0.00204666
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
     "digitDistance": 2.88242,
     "fid": 0.28725
    },
    {
     "strength": 0.0125,
     "digitDistance": 13.8217,
     "fid": 1.53677
    },
    {
     "strength": 0.025,
     "digitDistance": 53.6714,
     "fid": 6.098
    },
    {
     "strength": 0.05,
     "digitDistance": 135.643,
     "fid": 22.4652
    },
    {
     "strength": 0.1,
     "digitDistance": 273.125,
     "fid": 77.1737
    },
    {
     "strength": 0.2,
     "digitDistance": 385.463,
     "fid": 235.342
    },
    {
     "strength": 0.4,
     "digitDistance": 390.973,
     "fid": 678.341
    },
    {
     "strength": 0.8,
     "digitDistance": 462.538,
     "fid": 1654.46
    }
   ]
  },
  {
   "corruption": "blur",
   "rungs": [
    {
     "strength": 0.0625,
     "digitDistance": -0.0638533,
     "fid": -0.16842
    },
    {
     "strength": 0.125,
     "digitDistance": -0.0638533,
     "fid": -0.16842
    },
    {
     "strength": 0.25,
     "digitDistance": -0.0638533,
     "fid": -0.16842
    },
    {
     "strength": 0.5,
     "digitDistance": 125.747,
     "fid": 16.862
    },
    {
     "strength": 1,
     "digitDistance": 308.508,
     "fid": 195.281
    },
    {
     "strength": 1.5,
     "digitDistance": 479.971,
     "fid": 479.752
    },
    {
     "strength": 2,
     "digitDistance": 597.163,
     "fid": 760.005
    },
    {
     "strength": 3,
     "digitDistance": 702.526,
     "fid": 1170.68
    }
   ]
  },
  {
   "corruption": "shift",
   "rungs": [
    {
     "strength": 1,
     "digitDistance": 3.46008,
     "fid": 4.49406
    },
    {
     "strength": 2,
     "digitDistance": 31.7647,
     "fid": 30.8881
    },
    {
     "strength": 3,
     "digitDistance": 90.1249,
     "fid": 81.3613
    },
    {
     "strength": 4,
     "digitDistance": 155.997,
     "fid": 150.159
    },
    {
     "strength": 6,
     "digitDistance": 246.086,
     "fid": 306.759
    }
   ]
  },
  {
   "corruption": "occlusion",
   "rungs": [
    {
     "strength": 4,
     "digitDistance": 1.56122,
     "fid": 0.427786
    },
    {
     "strength": 8,
     "digitDistance": 12.5328,
     "fid": 7.94044
    },
    {
     "strength": 12,
     "digitDistance": 40.8266,
     "fid": 39.9374
    },
    {
     "strength": 16,
     "digitDistance": 95.8897,
     "fid": 113.226
    },
    {
     "strength": 20,
     "digitDistance": 177.892,
     "fid": 234.448
    }
   ]
  },
  {
   "corruption": "classes",
   "rungs": [
    {
     "strength": 1,
     "digitDistance": 0.952905,
     "fid": 1.57048
    },
    {
     "strength": 3,
     "digitDistance": 3.76197,
     "fid": 14.9945
    },
    {
     "strength": 5,
     "digitDistance": 7.07882,
     "fid": 29.7092
    },
    {
     "strength": 7,
     "digitDistance": 18.0482,
     "fid": 69.7623
    },
    {
     "strength": 9,
     "digitDistance": 71.8108,
     "fid": 214.895
    }
   ]
  }
 ]
}
`;
