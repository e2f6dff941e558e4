// The names that other libraries have for layers, losses and the rest, of which each says the one here.

@available(*, unavailable, renamed: "Dense") public typealias Linear = Dense
@available(*, unavailable, renamed: "Conv2D") public typealias Conv2d = Conv2D
@available(*, unavailable, renamed: "Conv1D") public typealias Conv1d = Conv1D
@available(*, unavailable, renamed: "Conv2DTranspose") public typealias ConvTranspose2d = Conv2DTranspose
@available(*, unavailable, renamed: "BatchNorm") public typealias BatchNorm1d = BatchNorm
@available(*, unavailable, renamed: "BatchNorm") public typealias BatchNorm2d = BatchNorm
@available(*, unavailable, renamed: "BatchNorm") public typealias BatchNormalization = BatchNorm
@available(*, unavailable, renamed: "LayerNorm") public typealias LayerNormalization = LayerNorm
@available(*, unavailable, renamed: "MaxPool2D") public typealias MaxPool2d = MaxPool2D
@available(*, unavailable, renamed: "MaxPool2D") public typealias MaxPooling2D = MaxPool2D
@available(*, unavailable, renamed: "AveragePool2D") public typealias AvgPool2d = AveragePool2D
@available(*, unavailable, renamed: "GlobalAveragePool") public typealias GlobalAveragePooling2D = GlobalAveragePool
@available(*, unavailable, renamed: "GlobalAveragePool") public typealias AdaptiveAvgPool2d = GlobalAveragePool
@available(*, unavailable, renamed: "MultiHeadAttention") public typealias MultiheadAttention = MultiHeadAttention
@available(*, unavailable, renamed: "Dropout") public typealias Dropout2d = Dropout

@available(*, unavailable, message: "an activation is an argument of a layer, or a function of a variable: x.relu()")
public struct ReLU { public init() { fatalError() } }
@available(*, unavailable, message: "an activation is an argument of a layer, or a function of a variable: x.gelu()")
public struct GELU { public init() { fatalError() } }
@available(*, unavailable, message: "an activation is an argument of a layer, or a function of a variable: x.tanh()")
public struct Tanh { public init() { fatalError() } }
@available(*, unavailable, message: "an activation is an argument of a layer, or a function of a variable: x.sigmoid()")
public struct Sigmoid { public init() { fatalError() } }
@available(*, unavailable, message: "a function of a variable: x.softmax()")
public struct Softmax { public init() { fatalError() } }
@available(*, unavailable, message: "crossEntropy(logits:labels:)")
public struct CrossEntropyLoss { public init() { fatalError() } }
@available(*, unavailable, message: "squaredError(_:targets:)")
public struct MSELoss { public init() { fatalError() } }
@available(
  *, unavailable, message: "Trainer.fit makes batches of a TensorDataset; for a loop of your own, data.batches(of:key:)"
)
public struct DataLoader { public init() { fatalError() } }

@available(*, unavailable, message: "squaredError(_:targets:) sums over an example and averages over the batch")
public func mseLoss(_ x: Variable, _ targets: Variable) -> Variable { fatalError() }
@available(*, unavailable, message: "valueWithGradients(of: model) { model, tape in ... }, or gradient(at: x) { ... }")
public func grad(_ f: (Variable) -> Variable) -> (Variable) -> Variable { fatalError() }
@available(*, unavailable, message: "a Tape() without a layout records nothing")
public func noGrad(_ body: () -> Void) { fatalError() }
