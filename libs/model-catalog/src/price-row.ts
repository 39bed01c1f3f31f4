/** Prices of one model, in US dollars per million tokens. An absent price is not stated; 0 is free. */
export interface PriceRow {
  /** As sent upstream. */
  readonly model: string;
  /** What the model is for: chat, completion, embedding, image, speech… */
  readonly kind: string;
  /** The day the price was read, `YYYY-MM-DD`. */
  readonly sourceDate: string;
  /** The first day it holds, `YYYY-MM-DD`, UTC; absent: since ever, as far as we know. */
  readonly validFrom?: string;
  /** A: two sources agree, or it is the vendor's own. B: one source. C: sources disagree, to be confirmed. */
  readonly confidence: string;
  /** The name moves from model to model. */
  readonly alias?: boolean;
  /** The provider also charges per call; that part is not in these prices. */
  readonly perCallFee?: boolean;
  readonly input?: number;
  readonly cachedInput?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
  readonly output?: number;
  readonly reasoning?: number;
  readonly audioInput?: number;
  readonly audioOutput?: number;
  readonly imageInput?: number;
  readonly imageOutput?: number;
  readonly batchInput?: number;
  readonly batchOutput?: number;
  /** Prices of the whole request once its prompt is longer. */
  readonly tier?: {
    readonly aboveTokens: number;
    readonly input?: number;
    readonly cachedInput?: number;
    readonly output?: number;
  };
}

export interface PriceFile {
  readonly provider: string;
  readonly prices: readonly PriceRow[];
}
