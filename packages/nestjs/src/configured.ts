import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsNotEmpty, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';

class ConfiguredService {
  @IsString() @IsNotEmpty() name?: string;
  @IsOptional() @IsString() version?: string;
  @IsOptional() @IsString() environment?: string;
  @IsOptional() @IsString() instance?: string;
}

class ConfiguredJournal {
  @IsOptional() @IsInt() maxEvents?: number;
  @IsOptional() @IsInt() maxBytes?: number;
}

class ConfiguredDispatch {
  @IsOptional() @IsInt() maxBatchEvents?: number;
  @IsOptional() @IsInt() maxBatchBytes?: number;
  @IsOptional() @IsInt() maxWaitMs?: number;
  @IsOptional() @IsInt() writeTimeoutMs?: number;
  @IsOptional() @IsInt() minRetryMs?: number;
  @IsOptional() @IsInt() maxRetryMs?: number;
  @IsOptional() @IsInt() maxRetryAfterMs?: number;
  @IsOptional() @IsInt() breakerOpenMs?: number;
  @IsOptional() @IsInt() closeTimeoutMs?: number;
}

class ConfiguredRedact {
  @IsOptional() @IsArray() @IsString({ each: true }) keys?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) paths?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) allow?: string[];
}

class ConfiguredRule {
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsObject() when?: object;
  @IsIn(['none', 'metadata', 'changes', 'full']) level?: string;
}

/**
 * The part of the options that is plain configuration, and so comes from environment variables and files: there a number
 * is a string as often as not. Ranges, and names that nobody knows, are checked by the auditor itself.
 */
export class ConfiguredOptions {
  @IsOptional() @ValidateNested() @IsObject() @Type(() => ConfiguredService) service?: ConfiguredService;
  @IsOptional() @ValidateNested() @IsObject() @Type(() => ConfiguredJournal) journal?: ConfiguredJournal;
  @IsOptional() @ValidateNested() @IsObject() @Type(() => ConfiguredDispatch) dispatch?: ConfiguredDispatch;
  @IsOptional() @ValidateNested() @IsObject() @Type(() => ConfiguredRedact) redact?: ConfiguredRedact;
  @IsOptional() @ValidateNested({ each: true }) @IsArray() @Type(() => ConfiguredRule) rules?: ConfiguredRule[];
}
