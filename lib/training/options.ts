/** The recipe; the same one on the same adapter gives the same weights, bit for bit. */
export interface TrainOptions {
  /** Passes over the training images in all, those before a resumed run's start included. */
  readonly epochs: number;
  /** Images a step; the short last batch of an epoch is kept. */
  readonly batchSize: number;
  /** Adam's learning rate. */
  readonly learningRate: number;
  /** Seeds the order of the images and the dropout masks. */
  readonly seed: number;
  /** Validate every so many epochs, and after the last. */
  readonly logEvery: number;
}
