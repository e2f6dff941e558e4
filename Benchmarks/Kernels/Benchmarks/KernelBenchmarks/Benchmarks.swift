import Benchmark
import Latent

/// What the benchmark runner looks for: registers every benchmark.
let benchmarks: @Sendable () -> Void = {
  // As in training, where the workers are the parallelism.
  BLAS.useOneThread()
  Threads.count = 1
  Benchmark.defaultConfiguration = Settings.configuration
  productBenchmarks()
  packedProductBenchmarks()
  convolutionBenchmarks()
  lstmBenchmarks()
  functionBenchmarks()
  arithmeticBenchmarks()
  biasBenchmarks()
  lossBenchmarks()
  gaussianBenchmarks()
  optimizerBenchmarks()
  noiseBenchmarks()
  batchBenchmarks()
  tapeBenchmarks()
  threadBenchmarks()
}
