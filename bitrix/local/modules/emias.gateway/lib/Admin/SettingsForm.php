<?php

declare(strict_types=1);

namespace Emias\Gateway\Admin;

use Bitrix\Main\Localization\Loc;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Config\WrongSetting;

/** The fields of the settings page: keys can be written and never read. */
final class SettingsForm
{
    public function __construct(private readonly Settings $settings)
    {
    }

    /**
     * Saves what was sent; an empty key field leaves its key as it is, `-` forgets it.
     *
     * @param array<string, mixed> $sent
     * @return list<string> what is wrong, in words
     */
    public function save(array $sent): array
    {
        $wrong = [];
        foreach ([...Settings::TEXTS, ...Settings::KEYS] as $name) {
            $value = is_string($sent[$name] ?? null) ? trim($sent[$name]) : null;
            $isKey = in_array($name, Settings::KEYS, true);
            if ($value === null || ($isKey && $value === '')) {
                continue;
            }
            try {
                $isKey ? $this->settings->keep($name, $value === '-' ? '' : $value) : $this->settings->save($name, $value);
            } catch (WrongSetting) {
                $wrong[] = Loc::getMessage('EMIAS_GATEWAY_WRONG', ['#NAME#' => self::label($name)]);
            }
        }

        return $wrong;
    }

    /**
     * @return list<string> rows of an admin table, as HTML
     */
    public function rows(): array
    {
        $rows = [];
        foreach (Settings::TEXTS as $name) {
            $field = $name === 'source' ? $this->choice($name) : $this->text($name);
            $rows[] = self::row($name, $field);
        }
        foreach (Settings::KEYS as $name) {
            $rows[] = self::row($name, $this->key($name));
        }

        return $rows;
    }

    private function text(string $name): string
    {
        return sprintf(
            '<input type="text" size="60" id="%1$s" name="%1$s" value="%2$s">',
            $name,
            htmlspecialcharsbx($this->settings->text($name)),
        );
    }

    private function choice(string $name): string
    {
        $options = '';
        foreach (Settings::SOURCES as $source) {
            $options .= sprintf(
                '<option value="%s"%s>%s</option>',
                $source,
                $this->settings->text($name) === $source ? ' selected' : '',
                htmlspecialcharsbx((string) Loc::getMessage('EMIAS_GATEWAY_SOURCE_' . strtoupper($source))),
            );
        }

        return sprintf('<select id="%1$s" name="%1$s">%2$s</select>', $name, $options);
    }

    private function key(string $name): string
    {
        $hint = $this->settings->isSet($name) ? 'EMIAS_GATEWAY_KEY_SET' : 'EMIAS_GATEWAY_KEY_ABSENT';

        return sprintf(
            '<input type="password" size="60" id="%1$s" name="%1$s" value="" autocomplete="new-password" placeholder="%2$s">',
            $name,
            htmlspecialcharsbx((string) Loc::getMessage($hint)),
        );
    }

    private static function row(string $name, string $field): string
    {
        return sprintf(
            '<tr><td width="40%%"><label for="%s">%s</label></td><td>%s</td></tr>',
            $name,
            htmlspecialcharsbx(self::label($name)),
            $field,
        );
    }

    private static function label(string $name): string
    {
        return (string) Loc::getMessage('EMIAS_GATEWAY_OPTION_' . strtoupper($name));
    }
}
