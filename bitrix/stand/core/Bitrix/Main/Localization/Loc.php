<?php

declare(strict_types=1);

namespace Bitrix\Main\Localization;

/** Messages out of `lang/<language>/…`, the nearest folder above the file that has one. */
final class Loc
{
    /** @var array<string, array<string, string>> by language */
    private static array $messages = [];
    /** @var array<string, array<string, string>> by file */
    private static array $files = [];

    /**
     * @param array<string, string> $replace
     */
    public static function getMessage(string $code, ?array $replace = null): ?string
    {
        self::loadMessages((string) debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS, 1)[0]['file']);
        $text = self::$messages[LANGUAGE_ID][$code] ?? null;

        return $text === null ? null : strtr($text, $replace ?? []);
    }

    public static function loadMessages(string $file): void
    {
        self::loadLanguageFile($file);
    }

    /**
     * @return array<string, string>
     */
    public static function loadLanguageFile(string $file): array
    {
        return self::$files[LANGUAGE_ID . $file] ??= self::read($file);
    }

    /**
     * @return array<string, string>
     */
    private static function read(string $file): array
    {
        $tail = basename($file);
        for ($folder = dirname($file); $folder !== dirname($folder); $folder = dirname($folder)) {
            if (is_file("$folder/lang/" . LANGUAGE_ID . "/$tail")) {
                $MESS = [];
                include "$folder/lang/" . LANGUAGE_ID . "/$tail";
                self::$messages[LANGUAGE_ID] = $MESS + (self::$messages[LANGUAGE_ID] ?? []);

                return $MESS;
            }
            $tail = basename($folder) . '/' . $tail;
        }

        return [];
    }
}
