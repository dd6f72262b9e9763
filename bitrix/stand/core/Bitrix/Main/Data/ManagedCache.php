<?php

declare(strict_types=1);

namespace Bitrix\Main\Data;

/** A cache in files, or in this process alone; like the kernel's, it does not overwrite what is alive. */
final class ManagedCache
{
    public static ?string $folder = null;

    /** @var array<string, int> seconds by id */
    private array $opened = [];
    /** @var array<string, array{until: int, value: mixed}> */
    private array $kept = [];

    public function getImmediate(int $seconds, string $id, string|false $table = false): mixed
    {
        $entry = $this->load($id);

        return $entry !== null && $entry['until'] >= time() ? $entry['value'] : false;
    }

    public function read(int $seconds, string $id, string|false $table = false): bool
    {
        $this->opened[$id] = $seconds;

        return $this->getImmediate($seconds, $id) !== false;
    }

    public function setImmediate(string $id, mixed $value): void
    {
        if (!isset($this->opened[$id]) || $this->getImmediate(0, $id) !== false) {
            return;
        }
        $entry = ['until' => time() + $this->opened[$id], 'value' => $value];
        unset($this->opened[$id]);
        if (self::$folder === null) {
            $this->kept[$id] = $entry;
        } else {
            file_put_contents($this->file($id), serialize($entry), LOCK_EX);
        }
    }

    public function clean(string $id, string|false $table = false): void
    {
        unset($this->opened[$id], $this->kept[$id]);
        if (self::$folder !== null) {
            is_file($this->file($id)) && unlink($this->file($id));
        }
    }

    /**
     * @return array{until: int, value: mixed}|null
     */
    private function load(string $id): ?array
    {
        if (self::$folder === null) {
            return $this->kept[$id] ?? null;
        }
        $text = is_file($this->file($id)) ? @file_get_contents($this->file($id)) : false;
        $entry = $text ? @unserialize($text, ['allowed_classes' => false]) : false;

        return is_array($entry) ? $entry : null;
    }

    private function file(string $id): string
    {
        return self::$folder . '/' . md5($id);
    }
}
