// Made by `deno task embed`.
// deno-fmt-ignore-file
/** What the scores of reference-v1 mean: the file of that name. */
export default `
{
 "network": {
  "name": "reference-v1",
  "sha256": "a5051f354866a08e4febe069c9639f3f6d14fbecd17746b7456b4a3e9f46ece2"
 },
 "images": {
  "train": "c742e59650adec22fd8ecd8d2af4e29674e53444b77c727b962a819428fee39b",
  "test": "09a541c0f3a2d0bab87941847395700b27d33df6375244c4c69d578458266141"
 },
 "floors": {
  "train": [
   {
    "images": 100,
    "digitDistance": [
     -0.186383,
     1.16291
    ],
    "fid": [
     10.6592,
     1.78872
    ],
    "fidInfinity": [
     -2.19055,
     3.26512
    ],
    "kid": [
     -58.523,
     228.539
    ],
    "precision": [
     0.885,
     0.038513
    ],
    "recall": [
     0.9292,
     0.0187762
    ],
    "density": [
     0.9718,
     0.072336
    ],
    "coverage": [
     0.04734,
     0.00356506
    ]
   },
   {
    "images": 200,
    "digitDistance": [
     -0.0711744,
     0.343366
    ],
    "fid": [
     5.68017,
     1.37449
    ],
    "fidInfinity": [
     -0.805055,
     2.07838
    ],
    "kid": [
     -34.7044,
     82.5006
    ],
    "precision": [
     0.88,
     0.0279058
    ],
    "recall": [
     0.913635,
     0.0146642
    ],
    "density": [
     0.994,
     0.0415024
    ],
    "coverage": [
     0.093735,
     0.00396104
    ]
   },
   {
    "images": 500,
    "digitDistance": [
     0.143851,
     0.233512
    ],
    "fid": [
     2.58793,
     0.468043
    ],
    "fidInfinity": [
     0.179409,
     0.634383
    ],
    "kid": [
     -36.8521,
     46.7485
    ],
    "precision": [
     0.8793,
     0.0141738
    ],
    "recall": [
     0.897065,
     0.00870701
    ],
    "density": [
     0.99348,
     0.0294833
    ],
    "coverage": [
     0.213645,
     0.00597098
    ]
   },
   {
    "images": 1000,
    "digitDistance": [
     0.218532,
     0.142865
    ],
    "fid": [
     1.64058,
     0.392378
    ],
    "fidInfinity": [
     0.483732,
     0.429421
    ],
    "kid": [
     -24.6193,
     18.5139
    ],
    "precision": [
     0.8745,
     0.011458
    ],
    "recall": [
     0.884935,
     0.00678589
    ],
    "density": [
     0.98801,
     0.0185195
    ],
    "coverage": [
     0.36886,
     0.00654944
    ]
   },
   {
    "images": 2000,
    "digitDistance": [
     0.175771,
     0.0803441
    ],
    "fid": [
     0.992323,
     0.12829
    ],
    "fidInfinity": [
     0.41936,
     0.174753
    ],
    "kid": [
     1.42371,
     10.1981
    ],
    "precision": [
     0.87585,
     0.0059717
    ],
    "recall": [
     0.873945,
     0.0076031
    ],
    "density": [
     0.98981,
     0.0139344
    ],
    "coverage": [
     0.581495,
     0.00585409
    ]
   },
   {
    "images": 5000,
    "digitDistance": [
     0.176638,
     0.0422564
    ],
    "fid": [
     0.713677,
     0.159526
    ],
    "fidInfinity": [
     0.456595,
     0.16933
    ],
    "kid": [
     -0.324524,
     6.17004
    ],
    "precision": [
     0.8754,
     0.00514155
    ],
    "recall": [
     0.86354,
     0.00615186
    ],
    "density": [
     0.982632,
     0.00970475
    ],
    "coverage": [
     0.84531,
     0.00572459
    ]
   },
   {
    "images": 10000,
    "digitDistance": [
     0.165831,
     0.0259891
    ],
    "fid": [
     0.567676,
     0.188115
    ],
    "fidInfinity": [
     0.442341,
     0.165339
    ],
    "kid": [
     -1.63866,
     4.21894
    ],
    "precision": [
     0.8746,
     0.00459114
    ],
    "recall": [
     0.8446,
     0.0052411
    ],
    "density": [
     0.98642,
     0.00738143
    ],
    "coverage": [
     0.9547,
     0.00562853
    ]
   }
  ],
  "test": [
   {
    "images": 100,
    "digitDistance": [
     0.155985,
     0.861906
    ],
    "fid": [
     11.8546,
     1.93794
    ],
    "fidInfinity": [
     -0.912429,
     2.2139
    ],
    "kid": [
     -137.889,
     164.025
    ],
    "precision": [
     0.853,
     0.0313311
    ],
    "recall": [
     0.920745,
     0.0188999
    ],
    "density": [
     0.9269,
     0.0708932
    ],
    "coverage": [
     0.044925,
     0.00350869
    ]
   },
   {
    "images": 200,
    "digitDistance": [
     0.237374,
     0.41602
    ],
    "fid": [
     5.77432,
     1.11218
    ],
    "fidInfinity": [
     -1.11609,
     1.90201
    ],
    "kid": [
     -20.5183,
     137.078
    ],
    "precision": [
     0.86325,
     0.0233376
    ],
    "recall": [
     0.918985,
     0.0157853
    ],
    "density": [
     0.91585,
     0.047113
    ],
    "coverage": [
     0.086205,
     0.00418139
    ]
   },
   {
    "images": 500,
    "digitDistance": [
     0.109247,
     0.207225
    ],
    "fid": [
     2.57352,
     0.373472
    ],
    "fidInfinity": [
     0.0626844,
     0.712404
    ],
    "kid": [
     26.1671,
     38.1008
    ],
    "precision": [
     0.8596,
     0.0157818
    ],
    "recall": [
     0.911285,
     0.0106336
    ],
    "density": [
     0.90624,
     0.0238272
    ],
    "coverage": [
     0.19618,
     0.00486665
    ]
   },
   {
    "images": 1000,
    "digitDistance": [
     0.163175,
     0.107973
    ],
    "fid": [
     1.74207,
     0.291622
    ],
    "fidInfinity": [
     0.458619,
     0.447428
    ],
    "kid": [
     25.7171,
     29.1154
    ],
    "precision": [
     0.85915,
     0.00986044
    ],
    "recall": [
     0.902165,
     0.00572728
    ],
    "density": [
     0.90855,
     0.0156599
    ],
    "coverage": [
     0.345405,
     0.00599906
    ]
   },
   {
    "images": 2000,
    "digitDistance": [
     0.163144,
     0.0983911
    ],
    "fid": [
     1.10915,
     0.19192
    ],
    "fidInfinity": [
     0.372348,
     0.213419
    ],
    "kid": [
     5.01695,
     10.1157
    ],
    "precision": [
     0.858025,
     0.010411
    ],
    "recall": [
     0.8954,
     0.00464113
    ],
    "density": [
     0.90941,
     0.0154696
    ],
    "coverage": [
     0.55079,
     0.00780415
    ]
   },
   {
    "images": 5000,
    "digitDistance": [
     0.151274,
     0.039376
    ],
    "fid": [
     0.724257,
     0.0625179
    ],
    "fidInfinity": [
     0.382545,
     0.126161
    ],
    "kid": [
     7.67075,
     4.30194
    ],
    "precision": [
     0.85778,
     0.00516909
    ],
    "recall": [
     0.88445,
     0.00484455
    ],
    "density": [
     0.91068,
     0.0123612
    ],
    "coverage": [
     0.82094,
     0.00611668
    ]
   },
   {
    "images": 10000,
    "digitDistance": [
     0.186282,
     0.0381796
    ],
    "fid": [
     0.684708,
     0.0542037
    ],
    "fidInfinity": [
     0.459093,
     0.0614165
    ],
    "kid": [
     4.11542,
     3.44132
    ],
    "precision": [
     0.8565,
     0.00595606
    ],
    "recall": [
     0.87956,
     0.00290159
    ],
    "density": [
     0.909934,
     0.00513064
    ],
    "coverage": [
     0.94089,
     0.0027303
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
     "digitDistance": 92.7751,
     "fid": 0.179617
    },
    {
     "strength": 0.0125,
     "digitDistance": 117.462,
     "fid": 1.02656
    },
    {
     "strength": 0.025,
     "digitDistance": 115.122,
     "fid": 4.4945
    },
    {
     "strength": 0.05,
     "digitDistance": 146.853,
     "fid": 17.9949
    },
    {
     "strength": 0.1,
     "digitDistance": 273.535,
     "fid": 64.4466
    },
    {
     "strength": 0.2,
     "digitDistance": 389.847,
     "fid": 201.866
    },
    {
     "strength": 0.4,
     "digitDistance": 406.124,
     "fid": 648.176
    },
    {
     "strength": 0.8,
     "digitDistance": 444.725,
     "fid": 1803.77
    }
   ]
  },
  {
   "corruption": "blur",
   "rungs": [
    {
     "strength": 0.0625,
     "digitDistance": -0.0190654,
     "fid": -0.0493624
    },
    {
     "strength": 0.125,
     "digitDistance": -0.0190654,
     "fid": -0.0493624
    },
    {
     "strength": 0.25,
     "digitDistance": -0.0190654,
     "fid": -0.0493624
    },
    {
     "strength": 0.5,
     "digitDistance": 124.652,
     "fid": 13.9825
    },
    {
     "strength": 1,
     "digitDistance": 296.047,
     "fid": 157.811
    },
    {
     "strength": 1.5,
     "digitDistance": 461.84,
     "fid": 383.288
    },
    {
     "strength": 2,
     "digitDistance": 585.787,
     "fid": 608.653
    },
    {
     "strength": 3,
     "digitDistance": 691.466,
     "fid": 947.562
    }
   ]
  },
  {
   "corruption": "shift",
   "rungs": [
    {
     "strength": 1,
     "digitDistance": 4.0816,
     "fid": 3.62789
    },
    {
     "strength": 2,
     "digitDistance": 34.7712,
     "fid": 25.0064
    },
    {
     "strength": 3,
     "digitDistance": 95.5825,
     "fid": 66.2161
    },
    {
     "strength": 4,
     "digitDistance": 162.895,
     "fid": 122.804
    },
    {
     "strength": 6,
     "digitDistance": 253.367,
     "fid": 252.667
    }
   ]
  },
  {
   "corruption": "occlusion",
   "rungs": [
    {
     "strength": 4,
     "digitDistance": 1.59238,
     "fid": 0.526149
    },
    {
     "strength": 8,
     "digitDistance": 12.1129,
     "fid": 7.11114
    },
    {
     "strength": 12,
     "digitDistance": 38.904,
     "fid": 34.9302
    },
    {
     "strength": 16,
     "digitDistance": 91.8116,
     "fid": 98.4234
    },
    {
     "strength": 20,
     "digitDistance": 173.872,
     "fid": 203.023
    }
   ]
  },
  {
   "corruption": "classes",
   "rungs": [
    {
     "strength": 1,
     "digitDistance": 1.08217,
     "fid": 1.43584
    },
    {
     "strength": 3,
     "digitDistance": 3.86398,
     "fid": 13.7621
    },
    {
     "strength": 5,
     "digitDistance": 7.39156,
     "fid": 26.7741
    },
    {
     "strength": 7,
     "digitDistance": 17.4839,
     "fid": 62.0384
    },
    {
     "strength": 9,
     "digitDistance": 83.254,
     "fid": 194.326
    }
   ]
  }
 ]
}
`;
