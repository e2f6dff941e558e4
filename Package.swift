// swift-tools-version: 6.2
import PackageDescription

// The C kernels, and the Swift between them and a model (`optimised`), are optimised in every build: a debug `swift run`
// then trains at nearly the speed of a release build.
// Strict IEEE results (infinities, NaN, signed zeros) are kept; only errno and floating-point traps are given up.
let kernelFlags: [CSetting] = [
  .unsafeFlags(["-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=on"])
]

// The sanitizers look at unoptimised code (scripts/sanitize): ThreadSanitizer and the optimiser together take a Parameter
// for a Buffer.
let optimised: [SwiftSetting] = Context.environment["LATENT_SANITIZER"] == nil ? [.unsafeFlags(["-O"])] : []

let package = Package(
  name: "Latent",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Latent", targets: ["Latent"]),
    .library(name: "LatentFiles", targets: ["LatentFiles"]),
    .library(name: "LatentData", targets: ["LatentData"]),
    .library(name: "LatentVAE", targets: ["LatentVAE"]),
    .library(name: "LatentTraining", targets: ["LatentTraining"]),
    .library(name: "LatentMeasures", targets: ["LatentMeasures"]),
    .library(name: "LatentAnomalies", targets: ["LatentAnomalies"]),
    .library(name: "LatentReport", targets: ["LatentReport"]),
    .library(name: "LatentRun", targets: ["LatentRun"]),
    .library(name: "LatentTensorBoard", targets: ["LatentTensorBoard"]),
    .library(name: "LatentMPI", targets: ["LatentMPI"]),
    .executable(name: "vae-train", targets: ["vae-train"]),
    .executable(name: "vae-bench", targets: ["vae-bench"]),
  ],
  traits: [
    .default(enabledTraits: ["Programs"]),
    .trait(
      name: "Programs",
      description: "vae-train and the other programs, and LatentTensorBoard; clients of the libraries can do without"
    ),
    .trait(
      name: "MPI",
      description: "Training on several processes and machines; needs an MPI library (libopenmpi-dev, libmpich-dev)",
      enabledTraits: ["Programs"]),
  ],
  dependencies: [
    // For the trait Programs: clients that depend on this package with `traits: []` fetch neither.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // A target imports only what stands above it in this list (checked by scripts/check-layers).
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"]), .brew(["cairo"])]),
    // Debian's Open MPI and MPICH both have an mpi.pc.
    .systemLibrary(name: "CMPI", pkgConfig: "mpi", providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    .target(name: "CLatentKernels", cSettings: kernelFlags),
    // Empty without the trait.
    .target(
      name: "CLatentMPI", dependencies: [.target(name: "CMPI", condition: .when(traits: ["MPI"]))],
      cSettings: [.define("LATENT_MPI", .when(traits: ["MPI"]))]),
    .target(
      name: "LatentKernels", dependencies: ["COpenBLAS", "CLatentKernels"], swiftSettings: optimised,
      linkerSettings: [.linkedLibrary("lapacke", .when(platforms: [.linux]))]),
    .target(name: "Latent", dependencies: ["LatentKernels"], swiftSettings: optimised),
    .target(name: "LatentFiles", dependencies: ["LatentKernels", "Latent", "CZlib", "CPNG", "CJPEG"]),
    .target(name: "LatentData", dependencies: ["LatentKernels", "Latent", "LatentFiles"]),
    .target(name: "LatentVAE", dependencies: ["LatentKernels", "Latent", "LatentFiles", "LatentData"]),
    .target(
      name: "LatentTraining", dependencies: ["LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentVAE"]),
    // A library of its own, so that clients who want it choose it, with the trait.
    .target(name: "LatentMPI", dependencies: ["CLatentMPI", "LatentKernels", "Latent", "LatentTraining"]),
    .target(
      name: "LatentMeasures",
      dependencies: ["LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining"]),
    .target(
      name: "LatentAnomalies",
      dependencies: ["LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining"]),
    .target(
      name: "LatentReport",
      dependencies: [
        "LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "LatentMeasures",
        "LatentAnomalies", "CCairo",
      ],
      // In the binary itself, so that programs can be moved.
      resources: [.embedInCode("Page/Web"), .embedInCode("Anomalies/Web")]),
    // Weights in the files of other programs. Not a product, so that clients never build what it needs.
    .target(
      name: "LatentInterchange",
      dependencies: [
        "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining",
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Programs"])),
      ], exclude: ["ONNX/onnx.proto"]),
    .target(
      name: "LatentRun",
      dependencies: [
        "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "LatentMeasures", "LatentAnomalies",
        "LatentReport",
      ]),
    // A library of its own, so that only its clients have SwiftProtobuf.
    .target(
      name: "LatentTensorBoard",
      dependencies: [
        "LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentTraining", "LatentAnomalies", "LatentReport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Programs"])),
      ], exclude: ["Messages/event.proto", "Messages/hparams.proto"]),
    // What the programs share: options, settings, errors. Not a product.
    .target(
      name: "LatentCommand",
      dependencies: [
        "LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "LatentMPI",
        "LatentReport",
        "LatentRun",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Programs"])),
      ]),
    .executableTarget(
      name: "vae-train",
      dependencies: [
        "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "LatentMPI", "LatentMeasures",
        "LatentAnomalies", "LatentInterchange", "LatentReport", "LatentRun", "LatentTensorBoard", "LatentCommand",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Programs"])),
      ]),
    .executableTarget(
      name: "vae-bench",
      dependencies: [
        "LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "LatentMPI",
        "LatentReport", "LatentRun", "LatentCommand",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Programs"])),
      ], path: "Benchmarks/vae-bench"),
    .executableTarget(
      name: "anomaly-bench",
      dependencies: [
        "Latent", "LatentData", "LatentVAE", "LatentTraining", "LatentAnomalies", "LatentCommand",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Programs"])),
      ], path: "Benchmarks/anomalies", exclude: ["README.md"]),
    .executableTarget(
      name: "layer-bench",
      dependencies: [
        "Latent", "LatentData", "LatentTraining", "LatentRun", "LatentCommand",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Programs"])),
      ], path: "Benchmarks/layers"),

    // Programs to learn from, each a file of its own.
    .executableTarget(
      name: "example-vae", dependencies: ["Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining"],
      path: "Examples/vae"),
    .executableTarget(
      name: "example-classifier",
      dependencies: ["Latent", "LatentFiles", "LatentData", "LatentTraining", "LatentMeasures"],
      path: "Examples/classifier"),
    .executableTarget(
      name: "example-cluster", dependencies: ["Latent", "LatentData", "LatentTraining", "LatentMPI", "LatentRun"],
      path: "Examples/cluster"),
    .executableTarget(name: "example-sine-forecast", dependencies: ["Latent"], path: "Examples/sine-forecast"),
    .executableTarget(name: "example-character-model", dependencies: ["Latent"], path: "Examples/character-model"),
    .executableTarget(name: "example-custom-primitive", dependencies: ["Latent"], path: "Examples/custom-primitive"),
    .executableTarget(name: "example-custom-loop", dependencies: ["Latent"], path: "Examples/custom-loop"),
    .executableTarget(
      name: "example-wgan-gp", dependencies: ["Latent", "LatentData", "LatentTraining"], path: "Examples/wgan-gp"),
    .executableTarget(
      name: "example-vq-vae", dependencies: ["Latent", "LatentData", "LatentTraining"], path: "Examples/vq-vae"),
    .executableTarget(
      name: "example-transformer", dependencies: ["Latent", "LatentData", "LatentTraining"],
      path: "Examples/transformer"),
    .executableTarget(
      name: "example-flow", dependencies: ["Latent", "LatentData", "LatentTraining"], path: "Examples/flow"),
    .executableTarget(
      name: "example-anomaly-detector", dependencies: ["Latent", "LatentData", "LatentTraining"],
      path: "Examples/anomaly-detector"),
    .executableTarget(
      name: "example-neural-ode", dependencies: ["Latent", "LatentData", "LatentTraining"], path: "Examples/neural-ode"),
    .executableTarget(
      name: "example-distillation", dependencies: ["Latent", "LatentData", "LatentTraining"],
      path: "Examples/distillation"),
    .executableTarget(
      name: "example-logging", dependencies: ["Latent", "LatentData", "LatentTraining", "LatentTensorBoard"],
      path: "Examples/logging"),

    .target(
      name: "TestSupport",
      dependencies: ["Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "CTestSupport"],
      path: "Tests/TestSupport",
      resources: [.copy("Golden")], swiftSettings: optimised),
    .target(name: "CTestSupport", path: "Tests/CTestSupport", cSettings: [.unsafeFlags(["-O2"])]),

    // Every reader of files, to be called with any bytes; scripts/fuzz builds the program with libFuzzer.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "LatentKernels", "Latent", "LatentFiles", "LatentData", "LatentVAE", "LatentTraining", "LatentInterchange",
        "LatentReport", "LatentRun",
        "LatentCommand", "TestSupport",
      ], path: "Tests/Fuzz/Targets", swiftSettings: optimised),
    .executableTarget(name: "fuzz-readers", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"]),

    .testTarget(
      name: "LatentKernelsTests", dependencies: ["LatentKernels", "CLatentKernels", "TestSupport", "CTestSupport"]),
    .testTarget(name: "LatentTests", dependencies: ["Latent", "TestSupport"]),
    .testTarget(
      name: "LatentFilesTests", dependencies: ["LatentFiles", "TestSupport"],
      resources: [.copy("NumPy/Written"), .copy("Images/Pictures")]),
    .testTarget(name: "LatentDataTests", dependencies: ["LatentData", "LatentFiles", "TestSupport"]),
    .testTarget(name: "LatentVAETests", dependencies: ["LatentVAE", "TestSupport"]),
    .testTarget(name: "LatentTrainingTests", dependencies: ["LatentTraining", "TestSupport"]),
    .testTarget(
      name: "LatentInterchangeTests",
      dependencies: [
        "LatentInterchange", "TestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Programs"])),
      ]),
    .testTarget(name: "LatentMeasuresTests", dependencies: ["LatentMeasures", "TestSupport"]),
    .testTarget(
      name: "LatentAnomaliesTests", dependencies: ["LatentAnomalies", "TestSupport"], resources: [.copy("Golden")]),
    .testTarget(name: "LatentMPITests", dependencies: ["LatentMPI", "LatentData", "TestSupport"]),
    .testTarget(name: "LatentReportTests", dependencies: ["LatentReport", "TestSupport"]),
    .testTarget(name: "LatentRunTests", dependencies: ["LatentRun", "TestSupport"]),
    .testTarget(
      name: "LatentTensorBoardTests",
      dependencies: [
        "LatentTensorBoard", "TestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Programs"])),
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "vae-train", "vae-bench", "LatentCommand", "LatentMPI", "LatentReport", "LatentRun", "TestSupport",
      ]),
  ]
)
