import LatentKernels

// What layers are made of, for tensors.

/// activation(x W + b), applied to the last axis: x [..., I], kernel [I, O], bias [O].
public func dense(_ x: Tensor, kernel: Tensor, bias: Tensor, activation: Activation = .linear) -> Tensor {
  computed([x, kernel, bias]) { dense($0[0], kernel: $0[1], bias: $0[2], activation: activation) }
}

/// A two-dimensional convolution: x [B, height, width, C], kernel [kernel height, kernel width, C / groups, O], bias [O].
public func conv2D(
  _ x: Tensor, kernel: Tensor, bias: Tensor, strides: Size2D = 1,
  padding: Padding = .valid, dilation: Size2D = 1, groups: Int = 1,
  activation: Activation = .linear
) -> Tensor {
  computed([x, kernel, bias]) {
    conv2D(
      $0[0], kernel: $0[1], bias: $0[2], strides: strides, padding: padding, dilation: dilation, groups: groups,
      activation: activation)
  }
}

/// The transposed convolution: x [B, height, width, C], kernel [kernel height, kernel width, O, C], bias [O].
public func conv2DTranspose(
  _ x: Tensor, kernel: Tensor, bias: Tensor, strides: Size2D = 1,
  padding: Padding = .valid, outputSize: Size2D? = nil, activation: Activation = .linear
) -> Tensor {
  computed([x, kernel, bias]) {
    conv2DTranspose(
      $0[0], kernel: $0[1], bias: $0[2], strides: strides, padding: padding, outputSize: outputSize,
      activation: activation)
  }
}

/// Layer normalisation over the last axis: x [..., C], gamma and beta [C].
public func layerNorm(_ x: Tensor, gamma: Tensor, beta: Tensor, epsilon: Double = 1e-3) -> Tensor {
  computed([x, gamma, beta]) { layerNorm($0[0], gamma: $0[1], beta: $0[2], epsilon: epsilon) }
}

/// Group normalisation: each group of channels of each example, over all its places.
public func groupNorm(_ x: Tensor, gamma: Tensor, beta: Tensor, groups: Int, epsilon: Double = 1e-3) -> Tensor {
  computed([x, gamma, beta]) { groupNorm($0[0], gamma: $0[1], beta: $0[2], groups: groups, epsilon: epsilon) }
}

/// softmax(scale q k^T) v, for each head on its own columns: query [B, T, N d], key [B, S, N d], value [B, S, N e]. Nothing trains, and
/// so nothing is dropped.
public func scaledDotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int = 1, isCausal: Bool = false, from start: Int = 0,
  scale: Double? = nil, mask: AttentionMask? = nil, dropout: Double = 0
) -> Tensor {
  computed([query, key, value]) {
    scaledDotProductAttention(
      $0[0], $0[1], $0[2], heads: heads, isCausal: isCausal, from: start, scale: scale, mask: mask, dropout: dropout)
  }
}

/// Dropout: each element is 0 with a probability of `rate`, and divided by 1 - rate otherwise: x [B, ...], a number for each
/// of the B examples.
public func dropout(_ x: Tensor, rate: Double, key: RandomKey, examples: [UInt64]) -> Tensor {
  computed(x) { dropout($0, rate: rate, key: key, examples: examples) }
}

/// The largest element of each channel under a window that moves over images: x [B, height, width, C].
public func maxPool2D(
  _ x: Tensor, size: Size2D, strides: Size2D? = nil, padding: Padding = .valid
) -> Tensor {
  computed(x) { maxPool2D($0, size: size, strides: strides, padding: padding) }
}

/// The mean of each channel under a window that moves over images: x [B, height, width, C].
public func averagePool2D(
  _ x: Tensor, size: Size2D, strides: Size2D? = nil, padding: Padding = .valid
) -> Tensor {
  computed(x) { averagePool2D($0, size: size, strides: strides, padding: padding) }
}

extension Tensor {
  /// Images with each pixel repeated down and across: [B, height, width, C].
  public func upsampled(_ factor: Size2D) -> Tensor { computed(self) { $0.upsampled(factor) } }
}
