/// The numbers of a dense layer at a path, `hidden.` for example.
public func plainDense(_ values: Values, _ activation: Plain.Activation, at path: String = "") -> Plain.Dense {
  Plain.Dense(kernel: values[path + "kernel"].values, bias: values[path + "bias"].values, activation: activation)
}

/// The numbers of an LSTM at a path.
public func plainLSTM(_ values: Values, at path: String = "") -> Plain.LSTM {
  Plain.LSTM(
    kernel: values[path + "kernel"].values, recurrent: values[path + "recurrentKernel"].values,
    bias: values[path + "bias"].values)
}

/// Whether no sum before a corner comes within the central differences' reach of it.
public func keepsOffCorner(_ activation: Plain.Activation, _ sums: @autoclosure () -> [Double]) -> Bool {
  !activation.hasCorner || sums().allSatisfy { abs($0) > 0.02 }
}
